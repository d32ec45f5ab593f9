import type {DashboardData} from '../build/dashboard-data.ts'

/** A form of a dashboard. The same data give the same bytes. */
export interface Renderer {
  /** Of its file, with the dot. */
  readonly suffix: string
  readonly mediaType: string
  readonly render: (data: DashboardData) => Promise<string | Uint8Array>
}

const renderers = {
  html: async (): Promise<Renderer> => {
    const {renderPage} = await import('./html/page.ts')
    return {suffix: '.html', mediaType: 'text/html; charset=utf-8', render: renderPage}
  },
} as const

export type DashboardFormat = keyof typeof renderers
export const dashboardFormats = Object.keys(renderers) as readonly DashboardFormat[]

/** A format's renderer, whose libraries are loaded with it. */
export const rendererOf = (format: DashboardFormat): Promise<Renderer> => renderers[format]()
