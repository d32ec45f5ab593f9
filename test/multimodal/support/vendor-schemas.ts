import {readFile} from 'node:fs/promises'
import {Ajv2020} from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const openAi = JSON.parse(
  await readFile(new URL('openai-media-requests.schema.json', import.meta.url), 'utf8'),
) as object
const elevenLabs = JSON.parse(
  await readFile(new URL('elevenlabs-requests.schema.json', import.meta.url), 'utf8'),
) as object

const ajv = new Ajv2020({strict: false, allErrors: true})
;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
ajv.addFormat('binary', true)

function checker(schemas: object, name: string): (value: unknown) => unknown[] {
  // A document allows more than it names; we send nothing that it does not name.
  const validate = ajv.compile({...schemas, $ref: `#/$defs/${name}`, unevaluatedProperties: false})
  return value => (validate(value) ? [] : (validate.errors ?? []))
}

/** What is wrong with a request, by the vendor's own document; nothing where it keeps to it. */
export const complaints = {
  transcription: checker(openAi, 'CreateTranscriptionRequest'),
  speech: checker(openAi, 'CreateSpeechRequest'),
  image: checker(openAi, 'CreateImageRequest'),
  imageEdit: checker(openAi, 'CreateImageEditRequest'),
  imageVariation: checker(openAi, 'CreateImageVariationRequest'),
  elevenLabsSpeech: checker(elevenLabs, 'TextToSpeech'),
  elevenLabsQuery: checker(elevenLabs, 'TextToSpeechQuery'),
}
