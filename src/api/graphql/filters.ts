import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, IsOptional, MaxLength } from 'class-validator';

/** The most items in a list of a filter. */
const itemsMost = 500;

/** The most characters of a text to look for: longer than any id, reference or name. */
const charactersMost = 200;

/** The rule of a list in a filter: it is searched for in every row that is looked at. */
export const IsFilterList = (): PropertyDecorator =>
  applyDecorators(IsOptional(), ArrayMaxSize(itemsMost), MaxLength(charactersMost, { each: true }));

/** The rule of a text in a filter. */
export const IsFilterText = (): PropertyDecorator => applyDecorators(IsOptional(), MaxLength(charactersMost));
