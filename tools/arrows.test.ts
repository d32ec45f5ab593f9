import {expect, test} from 'vitest'
import {violationsIn} from './arrows.ts'

const messages = (path: string, source: string) => violationsIn({path, source}).map(each => each.message)

test('the kernel imports no plugin, however it is spelled', () => {
  expect(messages('src/config/load.ts', "import {x} from '@omni-ops/plugin-rag'")).toHaveLength(1)
  expect(messages('src/config/load.ts', "export * from '../../plugins/rag/src/index.ts'")).toHaveLength(1)
  expect(messages('src/config/load.ts', "const rag = await import('@omni-ops/plugin-rag')")).toHaveLength(1)
  expect(messages('src/config/load.ts', "type Rag = import('@omni-ops/plugin-rag').Rag")).toHaveLength(1)
  expect(
    messages('src/config/load.ts', "// import '@omni-ops/plugin-rag'\nconst text = `import '@omni-ops/plugin-x'`"),
  ).toEqual([])
})

test('a plugin imports no other plugin and nothing by a path out of its directory', () => {
  const path = 'plugins/rag/src/collection/catalogue.ts'
  expect(messages(path, "import {mask} from '@omni-ops/plugin-privacy'")).toHaveLength(1)
  expect(messages(path, "import {openStore} from '../../../../src/store/index.ts'")).toHaveLength(1)
  expect(
    messages(path, "import {openStore} from '@omni-ops/core/store'\nimport {x} from '../chunking/chunk.ts'"),
  ).toEqual([])
})

test("an operation's module imports only what is light", () => {
  const path = 'plugins/rag/src/operations/search.ts'
  const light = [
    "import * as z from 'zod'",
    "import {defineOperation} from '@omni-ops/core/operation'",
    "import {Passage} from './schemas.ts'",
    "import type {Chunk} from '../chunking/chunk.ts'",
    "const handler = () => import('../handlers/search.ts')",
  ]
  expect(messages(path, light.join('\n'))).toEqual([])
  expect(messages(path, "import {handle} from '../handlers/search.ts'")).toHaveLength(1)
  expect(messages(path, "import lancedb from '@lancedb/lancedb'")).toHaveLength(1)
  expect(messages(path, "import {openStore} from '@omni-ops/core/store'")).toHaveLength(1)
  expect(
    messages('src/config/operations/get.ts', "import {defineOperation} from '../../operation/operation.ts'"),
  ).toEqual([])
  expect(messages('src/config/operations/get.ts', "import {loadSettings} from '../load.ts'")).toHaveLength(1)
})

test('services do not import the command line; commands do', () => {
  const source = "import {commandFor} from '@omni-ops/core/cli'"
  expect(messages('plugins/rag/src/index/search.ts', source)).toHaveLength(1)
  expect(messages('plugins/rag/src/commands/rag/search.ts', source)).toEqual([])
  expect(messages('src/audit/chain.ts', "import {printResult} from '../cli/output.ts'")).toHaveLength(1)
})

test('services take time, chance and the environment from the context', () => {
  const path = 'plugins/rag/src/index/search.ts'
  expect(messages(path, 'export const key = () => process.env.KEY')).toHaveLength(1)
  expect(messages(path, 'export const key = () => process["env"]')).toHaveLength(1)
  expect(messages(path, 'export const now = () => Date.now() + Math.random()')).toHaveLength(2)
  expect(messages(path, 'export const now = () => new Date()')).toHaveLength(1)
  expect(messages(path, 'export const id = () => crypto.randomUUID()')).toHaveLength(1)
  expect(messages(path, 'export const at = new Date(2026, 1, 1)\nexport const own = `file.${process.pid}`')).toEqual([])
  expect(messages('src/cli/main.ts', 'process.exit(Date.now())')).toEqual([])
})

test('a violation names its line, and a file that cannot be parsed is one', () => {
  expect(violationsIn({path: 'src/a.ts', source: "\n\nimport '@omni-ops/plugin-rag'"})[0]?.line).toBe(3)
  expect(messages('src/a.ts', 'const = 3')).toHaveLength(1)
})
