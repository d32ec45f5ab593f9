/**
 * Starts Swagger UI. A file of its own, because the page's policy allows no script in the page. Mends what keeps
 * people out who use the keyboard or a screen reader (WCAG 2.1): a link inside a button, a choice without a name,
 * text that scrolls and cannot be reached.
 */
export function scriptOf(document: string): string {
  return `const plainSummaries = () => ({
  wrapComponents: {DeepLink: (_original, {React}) => ({text}) => React.createElement('span', null, text)},
})

const mend = root => {
  for (const select of root.querySelectorAll('select:not([aria-label])')) {
    select.setAttribute('aria-label', select.id === 'servers' ? 'Server' : (select.title || 'Choice'))
  }
  for (const text of root.querySelectorAll('pre:not([tabindex])')) text.setAttribute('tabindex', '0')
}

const root = document.getElementById('swagger-ui')
new MutationObserver(() => mend(root)).observe(root, {childList: true, subtree: true})

window.ui = SwaggerUIBundle({
  url: ${JSON.stringify(document)},
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  // Its themes have less contrast than 4.5 : 1.
  syntaxHighlight: false,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [plainSummaries],
})
`
}

const methods = {get: '#1561a9', post: '#17704a', put: '#8a5200', patch: '#0b6e5d', delete: '#b3261e'}

/** Colours with the contrast of WCAG 2.1 AA, where Swagger UI's own have less. */
export const styles = `
.swagger-ui .info .title small pre.version { background: #4a5260 }
.swagger-ui .info .title small.version-stamp, .swagger-ui .info .title small.version-stamp pre.version { background: #3d6b00 }
.swagger-ui .info .title small { background: #4a5260 }
.swagger-ui .info a, .swagger-ui .info .link .url, .swagger-ui a, .swagger-ui .markdown a { color: #1458b3 }
.swagger-ui .btn.authorize { color: #17704a; border-color: #17704a }
.swagger-ui .btn.authorize svg { fill: #17704a }
.swagger-ui .btn.cancel, .swagger-ui .prop-format, .swagger-ui .parameter__deprecated { color: #b3261e; border-color: #b3261e }
.swagger-ui .opblock-tag small, .swagger-ui .opblock .opblock-summary-description { color: #30363f }
.swagger-ui .parameter__in, .swagger-ui .prop-type, .swagger-ui .parameter__type, .swagger-ui .response-control-media-type__accept-message { color: #30363f }
.swagger-ui .response-control-media-type__accept-message { color: #17704a }
.swagger-ui .markdown code, .swagger-ui .renderedMarkdown code { color: #7b1fa2 }
.swagger-ui .parameter__name.required::after, .swagger-ui .parameter__name.required span { color: #b3261e }
.swagger-ui .tab li, .swagger-ui .parameter__extension, .swagger-ui .response-col_links { color: #30363f }
${Object.entries(methods)
  .map(([method, colour]) => `.swagger-ui .opblock.opblock-${method} .opblock-summary-method { background: ${colour} }`)
  .join('\n')}
`
