import {commandFor} from '@omni-ops/core/cli'
import {panelData} from '../../operations/panel-data.ts'

export default commandFor(panelData, {present: () => import('../../presentation/panel-rows.ts')})
