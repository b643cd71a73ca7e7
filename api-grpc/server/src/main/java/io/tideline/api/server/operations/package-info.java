/** The methods of {@code tideline.v1.OperationsService}. */
@NullMarked
package io.tideline.api.server.operations;

import org.jspecify.annotations.NullMarked;
