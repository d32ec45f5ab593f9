import {isBase58CheckAddress, isBech32Address, isEthereumAddress} from '../../identifiers/crypto-address.ts'
import {TokenKind} from '../tokens.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

const shortest = 25
const longest = 90

/** Addresses of Bitcoin, Litecoin, Dogecoin and Ethereum, by their checksums. */
export const cryptoAddressRecognizer: Recognizer = {
  name: 'crypto-address',
  types: ['CRYPTO_ADDRESS'],
  signs: Sign.digit,
  find(document: TextDocument, report: (finding: Finding) => void): void {
    for (let token = 0; token < document.tokens.count; token++) {
      const start = document.start(token)
      const end = document.end(token)
      const length = end - start
      if (length < shortest || length > longest || document.kind(token) !== TokenKind.identifier) continue
      const word = document.word(token)
      const kind = kindOf(word)
      if (kind) report({type: 'CRYPTO_ADDRESS', start, end, score: 0.95, evidence: [kind, 'checksum']})
    }
  },
}

function kindOf(word: string): string | undefined {
  if (word.startsWith('0x')) return isEthereumAddress(word) ? 'Ethereum' : undefined
  if (/^(?:bc1|tb1|ltc1)/i.test(word)) return isBech32Address(word) ? 'Bech32' : undefined
  if (/^[123LMDAmn]/.test(word)) return isBase58CheckAddress(word) ? 'Base58Check' : undefined
  return undefined
}
