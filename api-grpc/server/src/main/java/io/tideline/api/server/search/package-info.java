/** The methods of {@code tideline.v1.SearchService}. */
@NullMarked
package io.tideline.api.server.search;

import org.jspecify.annotations.NullMarked;
