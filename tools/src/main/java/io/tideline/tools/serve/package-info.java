/** The server's process: storage, watches and API put together, started and stopped in order. */
@NullMarked
package io.tideline.tools.serve;

import org.jspecify.annotations.NullMarked;
