/** Kinds of files that are told by their first bytes. */
export const pictureTypes = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
  'image/svg+xml',
] as const
export type PictureType = (typeof pictureTypes)[number]

export const audioTypes = [
  'audio/mpeg',
  'audio/wav',
  'audio/flac',
  'audio/ogg',
  'audio/mp4',
  'audio/webm',
  'audio/aac',
] as const
export type AudioType = (typeof audioTypes)[number]

export type MediaType = PictureType | AudioType | 'application/pdf' | 'image/heic' | 'image/bmp' | 'video/mp4'

/** An SVG has a prologue of any length; further in than this nobody looks for its root. */
const svgHead = 4_096

/**
 * What a file is, by its first bytes; its name and what a server calls it do not count. Undefined for anything else.
 * Signatures: https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern and
 * #matching-an-audio-or-video-type-pattern; TIFF 6.0, section 2; ISO/IEC 14496-12, 4.3 (brands of `ftyp`); ID3v2.4, 3.1;
 * ISO/IEC 13818-7, 6.2 (ADTS).
 */
export function mediaTypeOf(bytes: Uint8Array): MediaType | undefined {
  const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('latin1')
  const starts = (signature: string) => text(0, signature.length) === signature
  if (starts('\u0089PNG\r\n\u001A\n')) return 'image/png'
  if (starts('\u00FF\u00D8\u00FF')) return 'image/jpeg'
  if (starts('GIF87a') || starts('GIF89a')) return 'image/gif'
  if (starts('II*\0') || starts('MM\0*')) return 'image/tiff'
  if (starts('BM')) return 'image/bmp'
  if (starts('%PDF-')) return 'application/pdf'
  if (starts('fLaC')) return 'audio/flac'
  if (starts('OggS')) return 'audio/ogg'
  if (starts('ID3')) return 'audio/mpeg'
  if (starts('\u001AE\u00DF\u00A3')) return 'audio/webm'
  if (starts('RIFF') && text(8, 14) === 'WEBPVP') return 'image/webp'
  if (starts('RIFF') && text(8, 12) === 'WAVE') return 'audio/wav'
  if (text(4, 8) === 'ftyp') return byBrand(text(8, 12))
  if (bytes[0] === 0xff && bytes.length > 3) return byFrame(bytes[1]!, bytes[2]!)
  if (isSvg(bytes)) return 'image/svg+xml'
  // Readers accept what stands before the mark, within the first kilobyte (ISO 32000-1, annex H.3.4.1).
  return text(0, 1024).includes('%PDF-') ? 'application/pdf' : undefined
}

function byBrand(brand: string): MediaType {
  if (brand === 'avif' || brand === 'avis') return 'image/avif'
  if (/^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) return 'image/heic'
  return /^M4[AB] $/.test(brand) ? 'audio/mp4' : 'video/mp4'
}

/** A frame of MPEG audio, or of AAC in ADTS, whose layer is always 0. */
function byFrame(second: number, third: number): MediaType | undefined {
  if ((second & 0xf6) === 0xf0) return 'audio/aac'
  const isFrame = (second & 0xe0) === 0xe0 && (second & 0x06) !== 0 && (third & 0xf0) !== 0xf0
  return isFrame ? 'audio/mpeg' : undefined
}

function isSvg(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, svgHead)).toString('utf8')
  return /^\uFEFF?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*|<!DOCTYPE[^>[]*(\[[\s\S]*?\])?\s*>\s*)*<svg[\s>]/.test(head)
}
