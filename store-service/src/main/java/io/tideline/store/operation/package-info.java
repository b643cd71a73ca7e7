/**
 * Runs operations that take longer than a call: each is a register with its checkpoint, a worker takes it under a lease, and
 * whoever comes after a crash goes on from the last step.
 */
@NullMarked
package io.tideline.store.operation;

import org.jspecify.annotations.NullMarked;
