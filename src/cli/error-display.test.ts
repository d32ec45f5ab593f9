import {describe, expect, it} from 'vitest'
import {classify} from './error-display.ts'

const never = new AbortController().signal

describe('classify', () => {
  it.each(['ENOSPC', 'EDQUOT'])('says of %s, wherever it comes from, that the disk is full', code => {
    const error = Object.assign(new Error(`${code}: no space left on device, write`), {code})
    const {report, exitCode, unexpected} = classify(error, never)
    expect([report.code, exitCode, unexpected]).toEqual(['storage_full', 1, false])
    expect(report.message).toContain('no space left on device')
  })

  it('takes any other error for our own', () => {
    const error = Object.assign(new Error('EIO: i/o error, read'), {code: 'EIO'})
    expect(classify(error, never)).toMatchObject({report: {code: 'bug'}, exitCode: 70, unexpected: true})
  })
})
