/**
 * Runs MapReduce jobs of the archive to their end: inside this process, or on YARN with this process's own libraries, which
 * there are kept apart from those of the cluster's Hadoop by a class loader of the job. Knows nothing of what the jobs do.
 */
@NullMarked
package io.tideline.hbase.archive.job;

import org.jspecify.annotations.NullMarked;
