import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {isBase58CheckAddress, isBech32Address, isEthereumAddress} from '../src/identifiers/crypto-address.ts'
import {isCalendarDate, parseEmso} from '../src/identifiers/emso.ts'
import {cardBrand, hasLuhnDigit} from '../src/identifiers/payment-card.ts'
import {isSlovenianBankAccount} from '../src/identifiers/slovenian-bank-account.ts'
import {isSlovenianRegistrationNumber} from '../src/identifiers/slovenian-registration-number.ts'
import {isSlovenianTaxNumber} from '../src/identifiers/slovenian-tax-number.ts'

/** Every number that differs in one digit. */
function oneDigitOff(number: string): string[] {
  return [...number].flatMap((digit, at) =>
    [...'0123456789'].filter(other => other !== digit).map(other => number.slice(0, at) + other + number.slice(at + 1)),
  )
}

describe('the EMŠO', () => {
  it('tells date of birth, region and sex', () => {
    expect(parseEmso('0101006500006')).toEqual({born: '2006-01-01', region: 50, sex: 'male'})
    expect(parseEmso('2902932505526')?.born).toBe('1932-02-29')
  })

  it('refuses every single wrong digit', () => {
    for (const wrong of oneDigitOff('0101006500006')) expect(parseEmso(wrong), wrong).toBeUndefined()
  })

  it('refuses a day that the calendar does not have, though its check digit is right', () => {
    for (const prefix of ['310200650000', '290200150000', '001100650000', '011300650000']) {
      const accepted = [...'0123456789'].filter(digit => parseEmso(prefix + digit) !== undefined)
      expect(accepted, prefix).toEqual([])
    }
  })

  it('is 13 digits and nothing else', () => {
    for (const text of ['', '010100650000', '01010065000066', ' 0101006500006', '010100650000a']) {
      expect(parseEmso(text)).toBeUndefined()
    }
  })
})

describe('Slovenian numbers of the tax and business registers', () => {
  it('accepts tax numbers with their check digit and no other', () => {
    for (const number of ['50223054', '15012557']) {
      expect(isSlovenianTaxNumber(number)).toBe(true)
      // A check digit of 10 is written 0, as that of 0 would be; no number has that, so every slip shows.
      for (const wrong of oneDigitOff(number)) expect(isSlovenianTaxNumber(wrong), wrong).toBe(false)
    }
    expect(isSlovenianTaxNumber('05022305')).toBe(false)
  })

  it('accepts registration numbers of businesses and of their parts', () => {
    expect(isSlovenianRegistrationNumber('9331310000')).toBe(true)
    expect(isSlovenianRegistrationNumber('9331310')).toBe(true)
    expect(isSlovenianRegistrationNumber('9331310A01')).toBe(true)
    expect(isSlovenianRegistrationNumber('9331320000')).toBe(false)
    expect(isSlovenianRegistrationNumber('93313100')).toBe(false)
  })

  it('accepts bank accounts by ISO 7064 MOD 97-10', () => {
    expect(isSlovenianBankAccount('263300012039086')).toBe(true)
    for (const wrong of oneDigitOff('263300012039086')) expect(isSlovenianBankAccount(wrong), wrong).toBe(false)
  })
})

describe('payment cards', () => {
  it('knows the schemes of the published test numbers', () => {
    const numbers = {
      '4111111111111111': 'visa',
      '5555555555554444': 'mastercard',
      '2223003122003222': 'mastercard',
      '378282246310005': 'american-express',
      '6011111111111117': 'discover',
      '30569309025904': 'diners-club',
      '3530111333300000': 'jcb',
      '6200000000000005': 'unionpay',
      '6759649826438453': 'maestro',
    }
    for (const [number, brand] of Object.entries(numbers)) {
      expect(cardBrand(number), number).toBe(brand)
      expect(hasLuhnDigit(number), number).toBe(true)
      for (const wrong of oneDigitOff(number)) expect(hasLuhnDigit(wrong), wrong).toBe(false)
    }
  })

  it('knows no scheme for a length that it does not issue', () => {
    expect(cardBrand('41111111111111')).toBeUndefined()
    expect(cardBrand('1234567812345670')).toBeUndefined()
  })

  it('finds the check digit of any number, and exactly one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 9}), {minLength: 3, maxLength: 18}), digits => {
        const fitting = [...'0123456789'].filter(check => hasLuhnDigit(digits.join('') + check))
        expect(fitting).toHaveLength(1)
      }),
    )
  })
})

describe('addresses of crypto currencies', () => {
  it('accepts the vectors of BIP 173 and BIP 350 and refuses changed ones', () => {
    for (const address of [
      'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    ]) {
      expect(isBech32Address(address), address).toBe(true)
      expect(isBech32Address(`${address.slice(0, -1)}${address.endsWith('q') ? 'p' : 'q'}`)).toBe(false)
    }
    expect(isBech32Address('bc1Qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq')).toBe(false)
  })

  it('accepts Base58Check addresses and refuses changed ones', () => {
    expect(isBase58CheckAddress('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa')).toBe(true)
    expect(isBase58CheckAddress('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb')).toBe(false)
    expect(isBase58CheckAddress('1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a')).toBe(false)
  })

  it('holds mixed case to EIP-55', () => {
    for (const address of [
      '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
      '0x52908400098527886E0F7030069857D2E4169EE7',
    ]) {
      expect(isEthereumAddress(address)).toBe(true)
      expect(isEthereumAddress(address.toLowerCase())).toBe(true)
    }
    expect(isEthereumAddress('0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed')).toBe(false)
  })
})

describe('the calendar', () => {
  it('agrees with the platform on every day of four centuries', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1600, max: 2400}),
        fc.integer({min: -1, max: 14}),
        fc.integer({min: -1, max: 33}),
        (year, month, day) => {
          const date = new Date(Date.UTC(year, month - 1, day))
          const same = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
          expect(isCalendarDate(year, month, day)).toBe(same)
        },
      ),
      {numRuns: 1000},
    )
  })
})
