"""What authors of plug-ins see: contracts, settings, HTTP clients, paging, simulators."""
