import {isIPv6} from 'node:net'
import {matches} from '../matches.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

const ipv6 = /(?<![\w:.])(?:[\da-f]{0,4}:){2,7}(?:[\da-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?:%[\w.]{1,15})?(?![\w:])/gi
const mac = /(?<![\w:-])[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}(?![\w:-])/gi
const version = /(?:\bv|\bversion\s?|\bver\.?\s?|\brelease\s?|[\p{L}\d]\/|[~^=<>@§]|section\s)$/iu

/** IPv4, IPv6 and MAC addresses, save those that name no machine: loopback, unspecified, broadcast. */
export const networkAddressRecognizer: Recognizer = {
  name: 'network-address',
  types: ['IP_ADDRESS', 'MAC_ADDRESS'],
  signs: Sign.digit | Sign.colon,
  find(document: TextDocument, report: (finding: Finding) => void): void {
    findIpv4(document, report)
    const {text} = document
    if (!text.includes(':') && !text.includes('-')) return
    for (const match of matches(ipv6, text)) {
      const address = match[0].replace(/%.*$/, '')
      const groups = address.split(':').filter(group => group !== '')
      if (groups.length < 3 && !(groups.length === 2 && /\d/.test(address))) continue
      if (!isIPv6(address)) continue
      report({
        type: 'IP_ADDRESS',
        start: match.index,
        end: match.index + match[0].length,
        score: groups.length > 2 ? 0.85 : 0.6,
        evidence: ['IPv6'],
      })
    }
    for (const match of matches(mac, text)) {
      report({
        type: 'MAC_ADDRESS',
        start: match.index,
        end: match.index + match[0].length,
        score: 0.85,
        evidence: ['six octets'],
      })
    }
  },
}

function findIpv4(document: TextDocument, report: (finding: Finding) => void): void {
  for (const run of document.numberRuns) {
    for (let first = 0; first + 3 < run.groups.length; first++) {
      const dotted = [0, 1, 2].every(at => run.separators[first + at] === '.')
      if (!dotted || run.separators[first + 3] === '.') continue
      if (first > 0 && run.separators[first - 1] === '.') continue
      const octets = run.groups.slice(first, first + 4)
      if (!octets.every(octet => octet.length <= 3 && Number(octet) <= 255 && (octet === '0' || octet[0] !== '0')))
        continue
      if (octets[0] === '127' || octets.every(octet => octet === '0') || octets.every(octet => octet === '255'))
        continue
      const start = run.starts[first] as number
      const end = run.ends[first + 3] as number
      const {text} = document
      if (/[\w-]/.test(text.charAt(end)) || /^\.\w/.test(text.slice(end, end + 2))) continue
      const isVersion = version.test(text.slice(Math.max(0, start - 10), start))
      report({
        type: 'IP_ADDRESS',
        start,
        end,
        score: isVersion ? 0.2 : 0.7,
        evidence: ['IPv4', ...(isVersion ? ['after a version mark'] : [])],
      })
    }
  }
}
