/** The TimelineService: validate, call one port, translate. */
@NullMarked
package io.tideline.api.server.timelines;

import org.jspecify.annotations.NullMarked;
