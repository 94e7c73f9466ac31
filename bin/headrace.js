#!/usr/bin/env node
// Parses on any Node since 18, so that an old one is told what is missing instead of getting a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 22)) {
  console.error(
    `headrace needs Node 22.22 or newer, and this is ${process.versions.node} (${process.execPath})`,
  )
  process.exitCode = 2
} else {
  const main = await load()
  if (main !== undefined) process.exitCode = await main(process.argv.slice(2))
}

// What does not load, such as a package that was left out for this platform, is told in words too.
async function load() {
  try {
    return (await import('#cli')).main
  } catch (error) {
    const told =
      error.code && error.name === 'HeadraceError' ? `${error.code}: ${error.message}` : error.message
    console.error(process.argv.includes('--debug') ? error : `headrace: ${told}`)
    process.exitCode = 1
  }
}
