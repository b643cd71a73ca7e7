/** Between the messages of the contract and the values of the core, page tokens included. No I/O. */
@NullMarked
package io.tideline.api.server.translate;

import org.jspecify.annotations.NullMarked;
