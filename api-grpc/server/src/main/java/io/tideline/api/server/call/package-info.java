/** What all calls share: their deadline, their metrics, the answer of a unary call, and the list of open streams. */
@NullMarked
package io.tideline.api.server.call;

import org.jspecify.annotations.NullMarked;
