import {expect, test} from 'vitest'
import {isPrivateName} from './private-name.ts'

test.each([
  ['localhost', true],
  ['intranet', true],
  ['printer.local', true],
  ['api.internal', true],
  ['METADATA.google.INTERNAL.', true],
  ['nas.home.arpa', true],
  ['www.corp', true],
  ['example.com', false],
  ['local.example.com', false],
  ['notlocal.example', false],
  ['home.arpa.example.com', false],
])('%s is of a private network: %s', (name, isPrivate) => {
  expect(isPrivateName(name)).toBe(isPrivate)
})
