/** Every status that leaves the server is made here: one code, one stable reason and its details per failure. */
@NullMarked
package io.tideline.api.server.status;

import org.jspecify.annotations.NullMarked;
