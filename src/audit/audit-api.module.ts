import { Module } from '@nestjs/common';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { AuditResolver } from './graphql/audit.resolver.js';

export const auditResolvers = [AuditResolver];

@Module({ providers: [ReadBarrier, ...auditResolvers] })
export class AuditApiModule {}
