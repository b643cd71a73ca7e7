/** The methods of {@code tideline.v1.ArchiveService}. */
@NullMarked
package io.tideline.api.server.archive;

import org.jspecify.annotations.NullMarked;
