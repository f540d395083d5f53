import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, IsOptional, MaxLength } from 'class-validator';
import { customerIdOf } from '../../parsing/customer-id.js';
import { IsCustomerId } from './is-customer-id.js';

/** The most items in a list of a filter. */
const itemsMost = 500;

/** The most characters of a text to look for: longer than any id, reference or name. */
const charactersMost = 200;

/** The rule of a list in a filter: it is searched for in every row that is looked at. */
export const IsFilterList = (): PropertyDecorator =>
  applyDecorators(IsOptional(), ArrayMaxSize(itemsMost), MaxLength(charactersMost, { each: true }));

/** The rule of a list of customers in a filter. */
export const IsCustomerList = (): PropertyDecorator =>
  applyDecorators(IsOptional(), ArrayMaxSize(itemsMost), IsCustomerId({ each: true }));

/** A filter with the ids of its customers as they are kept: outer blanks cut. */
export const withCustomerIds = <Filter extends { readonly customers?: readonly string[] }>(filter: Filter): Filter =>
  filter.customers === undefined
    ? filter
    : { ...filter, customers: filter.customers.map((id) => customerIdOf(id) ?? id) };

/** The rule of a text in a filter. */
export const IsFilterText = (): PropertyDecorator => applyDecorators(IsOptional(), MaxLength(charactersMost));
