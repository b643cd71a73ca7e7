/**
 * Moves entries from tier to tier as they age. One of the servers of an installation has the lease and works; the others
 * stand by. What is moved is copied, read back, and only then committed by a conditional write of the watermarks; who is
 * interrupted anywhere leaves nothing that harms, and the next pass does it again.
 */
@NullMarked
package io.tideline.scheduler;

import org.jspecify.annotations.NullMarked;
