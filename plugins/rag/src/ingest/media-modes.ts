/** What an ingest does with pictures, scanned pages and recordings; see `contentReading`. */
export const mediaModes = ['off', 'local', 'all'] as const
export type MediaMode = (typeof mediaModes)[number]
