/** The only place that knows Micronaut: factories that make the services and the transport from what the caller passed in. */
@NullMarked
package io.tideline.api.server.wiring;

import org.jspecify.annotations.NullMarked;
