/**
 * Long-running operations as they are kept: what was asked for, how far it has come and who works on it. All of one stands in
 * one register, so that who works on it writes each step on condition that nobody has taken it over.
 */
@NullMarked
package io.tideline.core.operation;

import org.jspecify.annotations.NullMarked;
