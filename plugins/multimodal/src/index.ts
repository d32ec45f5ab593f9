import {definePlugin} from '@omni-ops/core/operation'
import {audioSettings} from './audio/settings.ts'
import {imageSettings} from './image/settings.ts'
import {multimodalSettings} from './settings.ts'

export default definePlugin({
  name: 'multimodal',
  summary: 'Pictures, sound and speech: read, described, transcribed, spoken and made',
  topics: {
    audio: 'Speech written down, and text spoken',
    image: 'Pictures made and changed by models',
    vision: 'Text read from pictures, and pictures described',
  },
  settings: [...multimodalSettings, ...audioSettings, ...imageSettings],
  migrations: async () => (await import('./image/prompt-tables.ts')).migrations,
  privacy: async () => (await import('./privacy.ts')).declarations,
  textReaders: async () => [
    (await import('./vision/picture-reader.ts')).pictureReader,
    (await import('./audio/recording-reader.ts')).recordingReader,
  ],
  operations: async () => (await import('./operations/index.ts')).operations,
})
