/**
 * Small records beside the entries of a timeline: members, settings, checkpoints, unique keys. Every record is a
 * register: it has a version, and the highest version stays, in whatever order writes arrive. So writes may be repeated
 * and may overtake each other, and nobody needs a lock.
 */
@NullMarked
package io.tideline.core.record;

import org.jspecify.annotations.NullMarked;
