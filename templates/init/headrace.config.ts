import { defineConfig, env } from 'headrace'

export default defineConfig({
  // Where `headrace run NAME` looks for pipelines.
  include: ['src/**/*.ts'],
  // headrace run daily-revenue --profile prod
  profiles: {
    prod: { warehouse: env('WAREHOUSE', '.headrace/prod.duckdb') },
  },
})
