export interface Route {
  readonly method: string
  readonly path: string
}

/** One way to call an operation, as `x-codeSamples` has it (https://redocly.com/docs-legacy/api-reference-docs/specification-extensions/x-code-samples). */
export interface CodeSample {
  readonly lang: string
  readonly label: string
  readonly source: string
}

interface Call {
  readonly method: string
  readonly url: string
  /** JSON text; undefined for a request without a body. */
  readonly body: string | undefined
}

const exampleServer = 'https://omni.example.com'

/**
 * The same request in curl, TypeScript, Python, Go and C#. Each is whole: it runs as it is with the key in
 * `OMNI_API_KEY`, and fails on an error with its text.
 */
export function codeSamples(
  route: Route,
  input: Readonly<Record<string, unknown>>,
  serverUrl = exampleServer,
): readonly CodeSample[] {
  const call = callOf(route, input, /^https?:/.test(serverUrl) ? serverUrl : exampleServer)
  return [
    {lang: 'Shell', label: 'curl', source: curl(call)},
    {lang: 'TypeScript', label: 'TypeScript', source: typescript(call)},
    {lang: 'Python', label: 'Python', source: python(call)},
    {lang: 'Go', label: 'Go', source: go(call)},
    {lang: 'C#', label: 'C#', source: csharp(call)},
  ]
}

function callOf({method, path}: Route, input: Readonly<Record<string, unknown>>, serverUrl: string): Call {
  const rest = new Map(Object.entries(input))
  const filled = path.replaceAll(/\{([a-z0-9_]+)\}/g, (_field, name: string) => {
    const value = rest.get(name)
    rest.delete(name)
    return encodeURIComponent(String(value ?? name))
  })
  if (method !== 'GET' && method !== 'DELETE') {
    const body = rest.size > 0 ? JSON.stringify(Object.fromEntries(rest), null, 2) : undefined
    return {method, url: `${serverUrl}${filled}`, body}
  }
  const query = new URLSearchParams()
  for (const [name, value] of rest) {
    for (const each of Array.isArray(value) ? value : [value]) {
      query.append(name, typeof each === 'object' ? JSON.stringify(each) : String(each))
    }
  }
  return {method, url: `${serverUrl}${filled}${query.size > 0 ? `?${query}` : ''}`, body: undefined}
}

function curl({method, url, body}: Call): string {
  const lines = [
    `curl --fail-with-body -X ${method} '${url}'`,
    `  -H "Authorization: Bearer $OMNI_API_KEY"`,
    // In single quotes nothing is special but the quote itself.
    ...(body === undefined
      ? []
      : [`  -H 'Content-Type: application/json'`, `  -d '${body.replaceAll("'", String.raw`'\''`)}'`]),
  ]
  return lines.join(' \\\n')
}

function typescript({method, url, body}: Call): string {
  return [
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: '${method}',`,
    `  headers: {`,
    '    Authorization: `Bearer ${process.env.OMNI_API_KEY}`,',
    ...(body === undefined ? [] : [`    'Content-Type': 'application/json',`]),
    `  },`,
    ...(body === undefined ? [] : [`  body: JSON.stringify(${indented(body, '  ')}),`]),
    `})`,
    `const answer = await response.json()`,
    'if (!response.ok) throw new Error(`${answer.code}: ${answer.detail}`)',
    `console.log(answer)`,
  ].join('\n')
}

function python({method, url, body}: Call): string {
  return [
    `import os`,
    ``,
    `import requests`,
    ``,
    `response = requests.request(`,
    `    "${method}",`,
    `    ${JSON.stringify(url)},`,
    `    headers={"Authorization": f"Bearer {os.environ['OMNI_API_KEY']}"},`,
    ...(body === undefined ? [] : [`    json=${pythonLiteral(JSON.parse(body), '    ')},`]),
    `    timeout=60,`,
    `)`,
    `answer = response.json()`,
    `if not response.ok:`,
    `    raise RuntimeError(f"{answer['code']}: {answer['detail']}")`,
    `print(answer)`,
  ].join('\n')
}

/** A value of JSON as a Python expression. Python reads JSON's strings as they are. */
function pythonLiteral(value: unknown, indent: string): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return JSON.stringify(value)
  const deeper = `${indent}    `
  const isList = Array.isArray(value)
  const items = isList
    ? value.map(each => pythonLiteral(each, deeper))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${pythonLiteral(each, deeper)}`)
  const [open, close] = isList ? '[]' : '{}'
  if (items.length === 0) return `${open}${close}`
  return `${open}\n${items.map(item => `${deeper}${item},\n`).join('')}${indent}${close}`
}

function go({method, url, body}: Call): string {
  return [
    `package main`,
    ``,
    `import (`,
    ...['"fmt"', '"io"', '"log"', '"net/http"', '"os"', ...(body === undefined ? [] : ['"strings"'])].map(
      name => `\t${name}`,
    ),
    `)`,
    ``,
    `func main() {`,
    ...(body === undefined ? [] : [`\tbody := strings.NewReader(${goString(body)})`]),
    `\trequest, err := http.NewRequest("${method}", ${JSON.stringify(url)}, ${body === undefined ? 'nil' : 'body'})`,
    `\tif err != nil {`,
    `\t\tlog.Fatal(err)`,
    `\t}`,
    `\trequest.Header.Set("Authorization", "Bearer "+os.Getenv("OMNI_API_KEY"))`,
    ...(body === undefined ? [] : [`\trequest.Header.Set("Content-Type", "application/json")`]),
    `\tresponse, err := http.DefaultClient.Do(request)`,
    `\tif err != nil {`,
    `\t\tlog.Fatal(err)`,
    `\t}`,
    `\tdefer response.Body.Close()`,
    `\tanswer, err := io.ReadAll(response.Body)`,
    `\tif err != nil {`,
    `\t\tlog.Fatal(err)`,
    `\t}`,
    `\tif response.StatusCode >= 400 {`,
    `\t\tlog.Fatalf("%s: %s", response.Status, answer)`,
    `\t}`,
    `\tfmt.Println(string(answer))`,
    `}`,
  ].join('\n')
}

/** A raw string, or an interpreted one where a back quote stands in it: JSON's escapes of such a text are Go's too. */
function goString(text: string): string {
  return text.includes('`') ? JSON.stringify(text) : `\`${text}\``
}

function csharp({method, url, body}: Call): string {
  const verb = `${method.slice(0, 1)}${method.slice(1).toLowerCase()}`
  return [
    `using System.Net.Http.Headers;`,
    ...(body === undefined ? [] : [`using System.Text;`]),
    ``,
    `using var client = new HttpClient();`,
    `using var request = new HttpRequestMessage(HttpMethod.${verb}, ${JSON.stringify(url)});`,
    `request.Headers.Authorization =`,
    `    new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("OMNI_API_KEY"));`,
    ...(body === undefined
      ? []
      : [
          `request.Content = new StringContent(`,
          `    """`,
          indented(`    ${body}`, '    '),
          `    """,`,
          `    Encoding.UTF8,`,
          `    "application/json");`,
        ]),
    `using var response = await client.SendAsync(request);`,
    `var answer = await response.Content.ReadAsStringAsync();`,
    `if (!response.IsSuccessStatusCode) throw new HttpRequestException(answer);`,
    `Console.WriteLine(answer);`,
  ].join('\n')
}

function indented(text: string, indent: string): string {
  return text.replaceAll('\n', `\n${indent}`)
}
