/**
 * Where tier policy and the jobs that move cold history into files will live: what decides which range of a timeline
 * leaves the hot tables, copies and verifies it, and moves the watermarks of {@link io.tideline.core.timeline.Watermarks}.
 * Nothing of it exists yet; no timeline is ever moved.
 */
@NullMarked
package io.tideline.scheduler;

import org.jspecify.annotations.NullMarked;
