import {createHash} from 'node:crypto'
import {keccak_256} from '@noble/hashes/sha3.js'

const base58Alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const bech32Alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const bech32Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
/** BIP 173 and BIP 350. */
const bech32Residues = [1, 0x2bc830a3]

/** Whether this is a Base58Check address of Bitcoin, Litecoin or Dogecoin: 25 bytes of which the last four are a checksum. */
export function isBase58CheckAddress(text: string): boolean {
  if (text.length < 25 || text.length > 36) return false
  let value = 0n
  for (const character of text) {
    const digit = base58Alphabet.indexOf(character)
    if (digit < 0) return false
    value = value * 58n + BigInt(digit)
  }
  if (value >= 1n << 200n) return false
  const bytes = Buffer.from(value.toString(16).padStart(50, '0'), 'hex')
  const digest = createHash('sha256')
    .update(createHash('sha256').update(bytes.subarray(0, 21)).digest())
    .digest()
  return digest.subarray(0, 4).equals(bytes.subarray(21))
}

/** Whether this is a segregated witness address of Bitcoin or Litecoin in Bech32 (BIP 173) or Bech32m (BIP 350). */
export function isBech32Address(text: string): boolean {
  const address = text.toLowerCase()
  if (address.length > 90 || (address !== text && text.toUpperCase() !== text)) return false
  const separator = address.lastIndexOf('1')
  const prefix = address.slice(0, separator)
  if (!['bc', 'tb', 'ltc'].includes(prefix) || address.length - separator < 15) return false
  const values = Array.from(address.slice(separator + 1), character => bech32Alphabet.indexOf(character))
  if (values.includes(-1)) return false
  const codes = [...prefix].map(character => character.charCodeAt(0))
  const expanded = [...codes.map(code => code >> 5), 0, ...codes.map(code => code & 31), ...values]
  return bech32Residues.includes(bech32Residue(expanded))
}

function bech32Residue(values: readonly number[]): number {
  let residue = 1
  for (const value of values) {
    const top = residue >>> 25
    residue = ((residue & 0x1ffffff) << 5) ^ value
    for (let bit = 0; bit < 5; bit++) if ((top >> bit) & 1) residue ^= bech32Generator[bit] as number
  }
  return residue >>> 0
}

/** Whether this is an Ethereum address: 20 bytes in hexadecimal; mixed case has to agree with EIP-55. */
export function isEthereumAddress(text: string): boolean {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return false
  const hex = text.slice(2)
  const lower = hex.toLowerCase()
  if (hex === lower || hex === hex.toUpperCase()) return true
  const hash = Buffer.from(keccak_256(Buffer.from(lower, 'ascii'))).toString('hex')
  return [...hex].every((character, at) => {
    if (!/[a-f]/i.test(character)) return true
    const upper = Number.parseInt(hash.charAt(at), 16) >= 8
    return upper === (character === character.toUpperCase())
  })
}
