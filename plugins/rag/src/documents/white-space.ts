/** Whether a UTF-16 code unit is white space, exactly as `\s` of a regular expression has it (ECMA-262, 22.2.2.9). */
export function isWhiteSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  if (code < 0x2000) return code === 0xa0 || code === 0x1680
  if (code <= 0x205f) {
    return code <= 0x200a || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f
  }
  return code === 0x3000 || code === 0xfeff
}

/** The first offset from `start` on that holds no white space; `end` if there is none. */
export function skipWhiteSpace(text: string, start: number, end: number): number {
  let offset = start
  while (offset < end && isWhiteSpace(text.charCodeAt(offset))) offset++
  return offset
}

/** The offset after the last character before `end` that is not white space; `start` if there is none. */
export function trimWhiteSpaceEnd(text: string, start: number, end: number): number {
  let offset = end
  while (offset > start && isWhiteSpace(text.charCodeAt(offset - 1))) offset--
  return offset
}
