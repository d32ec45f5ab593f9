/** An MPEG audio stream without its tags, and how long it sounds. */
export interface Mp3Stream {
  readonly frames: Uint8Array
  /** Seconds. */
  readonly duration: number
}

const bitratesOfVersion1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const bitratesOfVersion2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const sampleRates: Readonly<Record<number, readonly number[]>> = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8_000],
}

/**
 * The frames of an MP3 (MPEG audio layer III: ISO/IEC 11172-3, 2.4.2.3; 13818-3) without what stands around them: an ID3
 * tag in front, a Xing, Info or VBRI frame that counts the frames of this stream alone, a tag behind. So streams of one
 * encoder can follow each other. Undefined for what is no such stream.
 */
export function mp3Stream(bytes: Uint8Array): Mp3Stream | undefined {
  let at = afterTag(bytes)
  const frames: Uint8Array[] = []
  let seconds = 0
  for (let header = frameAt(bytes, at); header && at + header.size <= bytes.length; header = frameAt(bytes, at)) {
    const frame = bytes.subarray(at, at + header.size)
    if (frames.length > 0 || !isInfo(frame)) {
      frames.push(frame)
      seconds += header.seconds
    }
    at += header.size
  }
  return frames.length === 0 ? undefined : {frames: Buffer.concat(frames), duration: seconds}
}

/** ID3v2.4, 3.1: ten bytes, the last four a length of 28 bits. */
function afterTag(bytes: Uint8Array): number {
  if (Buffer.from(bytes.subarray(0, 3)).toString('latin1') !== 'ID3' || bytes.length < 10) return 0
  const size = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!
  return 10 + size
}

function frameAt(bytes: Uint8Array, at: number): {readonly size: number; readonly seconds: number} | undefined {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined
  const version = (bytes[at + 1]! >> 3) & 3
  const layer = (bytes[at + 1]! >> 1) & 3
  const rates = sampleRates[version]
  const rate = rates?.[(bytes[at + 2]! >> 2) & 3]
  const bitrate = (version === 3 ? bitratesOfVersion1 : bitratesOfVersion2)[bytes[at + 2]! >> 4]
  // Layer III has the number 1; without a bitrate nothing says how long a frame is.
  if (layer !== 1 || rate === undefined || !bitrate) return undefined
  const padding = (bytes[at + 2]! >> 1) & 1
  const samples = version === 3 ? 1_152 : 576
  return {size: Math.floor(((samples / 8) * bitrate * 1_000) / rate) + padding, seconds: samples / rate}
}

function isInfo(frame: Uint8Array): boolean {
  const head = Buffer.from(frame.subarray(0, 64)).toString('latin1')
  return head.includes('Xing') || head.includes('Info') || head.includes('VBRI')
}
