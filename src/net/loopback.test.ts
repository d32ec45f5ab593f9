import {expect, test} from 'vitest'
import {isLoopbackAddress} from './loopback.ts'

test.each([
  ['127.0.0.1:11434', true],
  ['http://localhost:8000/v1', true],
  ['http://[::1]:11434', true],
  ['localhost', true],
  ['gpu.example:11434', false],
  ['https://api.openai.com/v1', false],
  ['http://localhost.evil.example', false],
  ['http://127.0.0.1@evil.example/', false],
  ['::not an address::', false],
])('%s is this machine: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected)
})
