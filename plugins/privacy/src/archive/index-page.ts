import type {DisclosedTerms, Disclosure, PlaceFiles} from './archive-content.ts'
import {escaped} from './markup.ts'

const bases: Readonly<Record<string, string>> = {
  consent: 'your consent (Article 6(1)(a))',
  contract: 'a contract with you (Article 6(1)(b))',
  'legal-obligation': 'a legal obligation (Article 6(1)(c))',
  'vital-interests': 'vital interests (Article 6(1)(d))',
  'public-task': 'a task in the public interest (Article 6(1)(e))',
  'legitimate-interests': 'legitimate interests (Article 6(1)(f))',
}

const origins: Readonly<Record<string, string>> = {
  provided: 'from you',
  observed: 'observed while you used the service',
  inferred: 'inferred from other data',
  others: 'from others, such as documents they wrote',
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #ccc}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}code{overflow-wrap:anywhere}`

/** The page that a person begins with: what there is, why, for how long, for whom, and their rights. No script, nothing from elsewhere. */
export function indexPage({request, terms, recipients}: Disclosure, places: readonly PlaceFiles[]): string {
  const redacted = places.reduce((all, place) => all + place.redacted, 0)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Your personal data</title>
<style>${style}</style>
</head>
<body>
<h1>Your personal data</h1>
<p>Request <code>${escaped(request.id)}</code> (${escaped(request.right)}), received ${escaped(request.received_at.slice(0, 10))}.</p>
<h2>What there is</h2>
${placesTable(places)}
${redacted > 0 ? `<p>${redacted} ${redacted === 1 ? 'piece' : 'pieces'} of data about other persons were taken out; a mark such as [PERSON] stands in their place (GDPR, Article 15(4)).</p>` : ''}
<h2>Why, for how long, and from where</h2>
${termsTable(terms)}
<h2>Who received data</h2>
${recipients.length === 0 ? '<p>Nobody beside those named above.</p>' : `<ul>${recipients.map(name => `<li>${escaped(name)}</li>`).join('')}</ul>`}
<h2>Decisions by machines</h2>
<p>None of these places is declared to serve decisions that a machine makes about you alone. Ask if you think that one was made (GDPR, Articles 15(1)(h) and 22).</p>
<h2>Your rights</h2>
<p>You may ask for correction (Article 16), erasure (17), restriction (18) and a copy for a machine (20), object (21), and complain to a supervisory authority (77).</p>
<p>The files are listed with their SHA-256 sums in <code>manifest.json</code>; <code>receipt.json</code> is signed and names the sum of that list.</p>
</body>
</html>
`
}

function placesTable(places: readonly PlaceFiles[]): string {
  if (places.length === 0) return '<p>Nothing.</p>'
  const rows = places.map(
    ({place, records, json, csv}) =>
      `<tr><td><code>${escaped(place)}</code></td><td>${records}</td><td><a href="${escaped(json)}">JSON</a> <a href="${escaped(csv)}">CSV</a></td></tr>`,
  )
  return `<table><thead><tr><th>Place</th><th>Records</th><th>Files</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function termsTable(terms: readonly DisclosedTerms[]): string {
  const rows = terms.map(
    each =>
      `<tr><td><code>${escaped(each.place)}</code></td><td>${escaped(each.purpose)}</td><td>${escaped(bases[each.basis] ?? each.basis)}</td><td>${escaped(origins[each.origin] ?? each.origin)}</td><td>${escaped(each.retention)}</td><td>${escaped(each.recipients.join(', ') || '–')}</td></tr>`,
  )
  return `<table><thead><tr><th>Place</th><th>Purpose</th><th>Basis</th><th>Source</th><th>Kept</th><th>Processors</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}
