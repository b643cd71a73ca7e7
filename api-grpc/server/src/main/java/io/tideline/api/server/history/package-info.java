/** The methods of {@code tideline.v1.HistoryService}. */
@NullMarked
package io.tideline.api.server.history;

import org.jspecify.annotations.NullMarked;
