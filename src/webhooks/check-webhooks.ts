import type {Context} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'
import type {EndpointRow} from './endpoint-book.ts'
import {SecretBox} from './secret-box.ts'
import type {WebhookDatabase} from './tables.ts'

/** Endpoints that get nothing, and secrets that cannot be read; nothing where the tenant has no endpoint. */
export async function checkWebhooks(context: Context): Promise<readonly Finding[]> {
  const store = await context.store()
  const rows = await store
    .read<WebhookDatabase>(context.tenant)
    .selectFrom('omni_webhook_endpoints')
    .selectAll()
    .orderBy('name')
    .execute()
  if (rows.length === 0) return []
  const box = await SecretBox.open(context)
  const findings = rows.flatMap(row => findingOf(row, box))
  return findings.length > 0
    ? findings
    : [{name: 'webhooks', status: 'ok', message: `${rows.length} ${rows.length === 1 ? 'endpoint' : 'endpoints'}`}]
}

function findingOf(row: EndpointRow, box: SecretBox): readonly Finding[] {
  const name = `webhook ${row.name}`
  try {
    box.unseal(row.secret, row)
  } catch {
    return [
      {
        name,
        status: 'problem',
        message: 'its secret cannot be read with the present webhooks.key',
        fix: `put the key back, or omni webhooks rotate-secret ${row.name}`,
      },
    ]
  }
  if (row.disabled_at !== null && row.disabled_reason !== 'by_hand') {
    const why = row.disabled_reason === 'gone' ? 'it answered 410' : 'nothing was delivered for five days'
    return [
      {
        name,
        status: 'warning',
        message: `disabled at ${row.disabled_at}: ${why}`,
        fix: `omni webhooks update ${row.name} --status enabled, then omni webhooks replay ${row.name}; or remove it`,
      },
    ]
  }
  if (row.disabled_at !== null || row.failing_since === null) return []
  return [
    {
      name,
      status: 'warning',
      message: `nothing was delivered since ${row.failing_since}`,
      fix: `omni webhooks deliveries ${row.name} says why`,
    },
  ]
}
