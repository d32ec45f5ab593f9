import type {Sharp, SharpOptions} from 'sharp'

export type OpenImage = (input: Uint8Array | undefined, options: SharpOptions) => Sharp

/** The decoders that a file of somebody else may meet; libvips knows more, some of them seldom looked at. */
const decoders = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadNsgifBuffer',
  'VipsForeignLoadTiffBuffer',
  'VipsForeignLoadHeifBuffer',
  'VipsForeignLoadSvgBuffer',
]

/**
 * sharp, with all of libvips' decoders off but those for the formats that are read, and without a cache of operations.
 * Once for the process: while they are all off, pictures that others are decoding would be of no known format.
 */
export function loadSharp(): Promise<OpenImage> {
  return (loaded ??= openSharp())
}

let loaded: Promise<OpenImage> | undefined

async function openSharp(): Promise<OpenImage> {
  const {default: sharp} = await import('sharp')
  sharp.block({operation: ['VipsForeignLoad']})
  sharp.unblock({operation: decoders})
  sharp.cache(false)
  return (input, options) => sharp(input, options)
}
