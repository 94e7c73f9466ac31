import { type Project, paths, textOf } from './project.ts'

// Written so that this file does not contain what it looks for.
const marker = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK', 'X' + 'XX'].join('|')})\\b`)
const registryHost = /\bregistry\.[a-z]+\.[a-z]+|\bpypi\.org\b|\bcrates\.io\b/
const document = /^(README|CHANGELOG|docs\/.*)\.md$/
const repositoryPath = /(?<![\w.:/~*@-])(src|test|docs|bench|examples|scripts|bin)\/[\w./-]*/g
const machinePath = /(?<![\w.:/~*}-])\/(work|root|home|Users|tmp)\/[\w.-]/

/** Words that stand for work not done. Issues hold what is open; the code holds what is. */
export function openMarkers(project: Project): string[] {
  return matches(project, marker, 'finish it, or say in the documentation what is not there')
}

/** What is true on one machine or in one place only. */
export function machineTraces(project: Project): string[] {
  return [
    ...matches(project, registryHost, 'a registry is configured where it is used'),
    ...matches(project, machinePath, 'a path of one machine'),
  ]
}

/** Paths of this repository that documents name and that are not there: files and folders get other names. */
export function missingPaths(project: Project): string[] {
  const files = [...project.keys()]
  const exists = (name: string): boolean => files.some(file => file === name || file.startsWith(`${name}/`))
  return paths(project, document).flatMap(path =>
    textOf(project, path)
      .split('\n')
      .flatMap((text, i) => {
        const named = [...text.matchAll(repositoryPath)].map(([found]) => found.replace(/[./]+$/, ''))
        return named
          .filter(name => !exists(name))
          .map(name => `${path}:${i + 1} names ${name}, which does not exist`)
      }),
  )
}

function matches(project: Project, pattern: RegExp, advice: string): string[] {
  return paths(project, /./).flatMap(path =>
    (project.get(path) ?? '').split('\n').flatMap((text, i) => {
      const [found] = pattern.exec(text) ?? []
      return found === undefined ? [] : [`${path}:${i + 1} has "${found}": ${advice}`]
    }),
  )
}
