import {expect, test} from 'vitest'
import {isPublicAddress} from './public-address.ts'

test('isPublicAddress', () => {
  for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001::200e']) {
    expect([address, isPublicAddress(address)]).toEqual([address, true])
  }
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001::1',
    'fe80::1%eth0',
    'localhost',
    '',
    '127.1',
  ]) {
    expect([address, isPublicAddress(address)]).toEqual([address, false])
  }
})
