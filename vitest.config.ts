import {defineConfig} from 'vitest/config'

const report = process.env.OMNI_TEST_REPORT

export default defineConfig({
  // As Node itself resolves: a package that is imported here and by another one must be the same module.
  ssr: {resolve: {conditions: ['module-sync', 'node'], externalConditions: ['module-sync', 'node']}},
  test: {
    include: ['src/**/*.test.ts', 'plugins/*/test/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: ['test/build-program.ts', 'test/database-servers.ts'],
    disableConsoleIntercept: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // By default one core is left to the tests' watcher, of two.
    maxWorkers: '100%',
    reporters: report ? ['default', 'json'] : ['default'],
    ...(report ? {outputFile: {json: report}} : {}),
  },
})
