/** The forms that a dashboard can have, and how their files are called. */
export const dashboardFormats = ['html', 'json', 'grafana', 'tsx', 'pdf', 'png'] as const
export type DashboardFormat = (typeof dashboardFormats)[number]

export interface FormatFile {
  /** Of the file's name, with the dot. */
  readonly suffix: string
  readonly mediaType: string
  /** False where the file is no text. */
  readonly text: boolean
}

export const formatFiles: Readonly<Record<DashboardFormat, FormatFile>> = {
  html: {suffix: '.html', mediaType: 'text/html; charset=utf-8', text: true},
  json: {suffix: '.json', mediaType: 'application/json', text: true},
  grafana: {suffix: '.grafana.json', mediaType: 'application/json', text: true},
  tsx: {suffix: '.tsx', mediaType: 'text/plain; charset=utf-8', text: true},
  pdf: {suffix: '.pdf', mediaType: 'application/pdf', text: false},
  png: {suffix: '.png', mediaType: 'image/png', text: false},
}
