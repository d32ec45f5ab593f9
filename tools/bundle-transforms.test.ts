import {expect, test} from 'vitest'
import {withBuiltinModules} from './builtin-modules.ts'
import {withLazyRequires} from './lazy-requires.ts'

test("imports of Node's modules become calls, all others stay", () => {
  const source = [
    "import {join, resolve as absolute} from 'node:path';",
    "import fs, * as all from 'fs';",
    "import 'node:os';",
    "import {x} from './x.js';",
  ].join('\n')
  const result = withBuiltinModules(source)
  expect(result).toContain('const {join: join, resolve: absolute} = globalThis.process.getBuiltinModule("node:path")')
  expect(result).toContain('const fs = globalThis.process.getBuiltinModule("fs")')
  expect(result).toContain('const all = globalThis.process.getBuiltinModule("fs")')
  expect(result).toContain("import {x} from './x.js';")
  expect(result).not.toContain('import {join')
})

test('text that only looks like an import is left alone', () => {
  const source = 'const text = `import {x} from "node:fs"`'
  expect(withBuiltinModules(source)).toBe(source)
})

test('a required module is loaded when it is used first, and once', () => {
  const source = withLazyRequires(
    [
      '"use strict";',
      'const first_1 = require("first");',
      'const second_1 = __importDefault(require("second"));',
      'exports.both = () => [first_1.name, new second_1.default().name, (0, first_1.greet)()];',
      'exports.one = () => first_1.name;',
    ].join('\n'),
  )
  const loaded: string[] = []
  const modules: Record<string, unknown> = {
    first: {name: 'first', greet: () => 'hello'},
    second: class {
      readonly name = 'second'
    },
  }
  const exports = {} as {both(): unknown; one(): unknown}
  const run = new Function('exports', 'require', '__importDefault', source)
  run(
    exports,
    (id: string) => {
      loaded.push(id)
      return modules[id]
    },
    (module: unknown) => ({default: module}),
  )
  expect(loaded).toEqual([])
  expect(exports.one()).toBe('first')
  expect(loaded).toEqual(['first'])
  expect(exports.both()).toEqual(['first', 'second', 'hello'])
  expect(loaded).toEqual(['first', 'second'])
})
