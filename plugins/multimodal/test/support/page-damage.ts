import {seededNumbers} from './seeded-numbers.ts'
import sharp from 'sharp'

/** What happens to pages before they are read: each takes a picture and gives another. */
export const pageDamage = {
  turned: (page: Buffer, degrees: number) => sharp(page).rotate(degrees, {background: '#ffffff'}).png().toBuffer(),
  jpeg: (page: Buffer, quality: number) => sharp(page).jpeg({quality}).toBuffer(),
  /** Pixels that are black or white, whatever they were, as of a bad scanner: a share of all. */
  specks: async (page: Buffer, share: number) => {
    const {data, info} = await sharp(page).toColourspace('b-w').raw().toBuffer({resolveWithObject: true})
    const random = seededNumbers(20261123)
    for (let at = 0; at < data.length; at++) {
      const number = random()
      if (number < share) data[at] = number < share / 2 ? 0 : 255
    }
    return sharp(data, {raw: {width: info.width, height: info.height, channels: 1}})
      .png()
      .toBuffer()
  },
  /** Grain, as of a photograph in bad light: normally distributed, its deviation in shades of 256; and a grey, uneven ground. */
  photographed: async (page: Buffer, deviation: number) => {
    const {data, info} = await sharp(page).toColourspace('b-w').raw().toBuffer({resolveWithObject: true})
    const random = seededNumbers(20261123)
    for (let at = 0; at < data.length; at++) {
      const grain = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
      const light = 0.55 + (0.4 * (at % info.width)) / info.width
      data[at] = Math.max(0, Math.min(255, data[at]! * light + grain * deviation))
    }
    return sharp(data, {raw: {width: info.width, height: info.height, channels: 1}})
      .png()
      .toBuffer()
  },
} as const
