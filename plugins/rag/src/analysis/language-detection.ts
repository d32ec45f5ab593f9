/** Says in which language a text is written: an ISO 639-1 code, or `und` where that cannot be told. */
export type DetectLanguage = (text: string) => string

/** Detection reads no more than this many UTF-16 units: more changes nothing and costs time. */
const SAMPLE_LENGTH = 1_200

/**
 * Loads the detector (ELD, 60 languages, its smallest table). That takes a quarter of a second and 80 MB, so that only
 * an ingest does it; the language of a query is told by `queryLanguages`.
 */
export async function loadLanguageDetection(): Promise<DetectLanguage> {
  const {default: eld} = await import('eld/extrasmall')
  return text => eld.detect(sample(text)).language || 'und'
}

/** From the middle, because documents begin with titles, licences and front matter. */
function sample(text: string): string {
  if (text.length <= SAMPLE_LENGTH) return text
  const start = Math.floor((text.length - SAMPLE_LENGTH) / 2)
  return text.slice(start, start + SAMPLE_LENGTH)
}
