"""What citizens asked to be told of, and where: topics of services, by commune."""
