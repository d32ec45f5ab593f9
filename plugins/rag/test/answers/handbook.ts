/** A company's handbook, written for these tests. */
export const handbook: Readonly<Record<string, string>> = {
  'exit-codes.md': `# Exit codes

Every command ends with one of these codes, so that scripts can tell what happened.

| code | meaning |
|---:|---|
| 0 | done |
| 2 | usage: a flag is wrong or missing |
| 5 | not found |
| 9 | not configured or unavailable |
| 130 | cancelled by the user |

A code above 128 is the number of a signal added to 128.
`,
  'employment.md': `# Employment

## Notice period

The notice period is thirty days during the first year. After the first year it is sixty days.
It begins on the first day of the month that follows the written notice.

## Holidays

Full-time employees have 26 days of paid leave in a calendar year. Unused days expire on 30 June of the next year.
Managers approve leave within five working days.

## Remote work

Remote work is allowed because most teams are spread over three countries. Employees pay for their own furniture.
`,
  'company.md': `# The company

The company was founded in 1987 by Marta Vidovich in a garage near Trieste. Its first product was a barometer.
Today it has 412 employees and sells weather stations in forty countries.

The headquarters moved to Graz in 2004. The old building houses a museum of instruments.
`,
  'deploy.md': `# Deploying

Run the migration before the new version starts:

\`\`\`sh
stationctl migrate --database production
stationctl deploy --version latest
\`\`\`

To roll back a release, use the previous tag:

\`\`\`sh
stationctl rollback --to previous
\`\`\`

- The staging cluster restarts every night at 03:30.
- Backups are kept for ninety days.
`,
  'dopust.md': `# Dopust in odpoved

Zaposleni imajo 26 dni letnega dopusta na leto. Neizrabljeni dnevi zapadejo 30. junija naslednjega leta.
Odpovedni rok je v prvem letu trideset dni, pozneje pa šestdeset dni.

# Podjetje

Podjetje je leta 1987 ustanovila Marta Vidovich v garaži blizu Trsta. Sedež se je leta 2004 preselil v Gradec.
`,
  'sensoren.md': `# Sensoren

Der Windmesser wird alle sechs Monate kalibriert. Die Kalibrierung dauert ungefähr zwei Stunden.
Das Thermometer besteht aus Platin, weil Platin nicht rostet. Es misst Temperaturen von minus 50 bis plus 80 Grad.
`,
}
