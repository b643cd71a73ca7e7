/** The OperatorService: what operators see of the storage and of this process. */
@NullMarked
package io.tideline.api.server.operator;

import org.jspecify.annotations.NullMarked;
