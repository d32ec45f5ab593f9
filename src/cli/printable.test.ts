import {expect, test} from 'vitest'
import {printable, printableName} from './printable.ts'

test('leaves out what a terminal would obey, and what shows a text in another order', () => {
  expect(printable('a\u001B]0;title\u0007b\u001B[31mc\u0008\u009B1md\te\nf')).toBe('abcd\te\nf')
  expect(printable('invoice\u202Efdp.exe\u2066')).toBe('invoicefdp.exe')
  expect(printable('žaba 日本 שלום 🦄')).toBe('žaba 日本 שלום 🦄')
})

test('a name is no line of its own', () => {
  expect(printableName('a.md:1\n  [2] forged.md:7')).toBe('a.md:1   [2] forged.md:7')
  expect(printableName('a\u2028\tb')).toBe('a b')
})
