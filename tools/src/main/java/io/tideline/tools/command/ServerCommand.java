package io.tideline.tools.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that asks a server and prints an answer: the options that all of them share. */
public abstract class ServerCommand implements Callable<Integer> {
    @Mixin
    protected final CommonOptions common = new CommonOptions();

    @Mixin
    protected final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    protected final OutputOptions output = new OutputOptions();
}
