import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { enumOf, PauseReasonEnum } from '../../api/graphql/enums.js';
import { eachMetric, metricDefinitions, metrics } from '../domain/plan.js';

export const MetricEnum = enumOf(
  'Metric',
  'The kind of promise.',
  eachMetric((metric) => metricDefinitions[metric].says),
);

const pauses = 'The reasons of waiting for which each clock stands still.';

@ObjectType('PlanPauses', { description: pauses })
export class PlanPausesType {}

@InputType('PlanPausesInput', { description: pauses })
export class PlanPausesInput {}

for (const metric of metrics) {
  const description = `Of the ${metricDefinitions[metric].name}.`;
  Field(() => [PauseReasonEnum], { description })(PlanPausesType.prototype, metric);
  Field(() => [PauseReasonEnum], { description, nullable: true })(PlanPausesInput.prototype, metric);
}
